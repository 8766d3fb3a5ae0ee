#include "protocols/schema/schema.hpp"

#include "protocols/schema/checker.hpp"
#include "protocols/schema/reader.hpp"

namespace mofa::schema {
namespace {

class compiled final : public core::schema {
 public:
  explicit compiled(part_list parts) : parts_(std::move(parts)) {}
  std::vector<field_error> check(const core::json& value) const override {
    return checker{check_steps}.check(*parts_.front(), value);
  }

 private:
  const part_list parts_;
};

}  // namespace

result<core::schema_ptr> compile(const core::json& source) {
  auto parts = reader{source}.read();
  if (!parts) return std::move(parts).error();
  return core::schema_ptr{std::make_shared<const compiled>(*std::move(parts))};
}

}  // namespace mofa::schema
