// The forms of A2A 0.3: what its two wire forms have in common, and the words in which they differ.
// One object for JSON-RPC (codec_v0_3.cpp), one for HTTP+JSON (codec_v0_3_rest.cpp); nobody else makes them.
// Immutable and pure; any thread.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/proto_fields.hpp"

namespace mofa::a2a {

/// The words of one form.
struct v0_3_words {
  /// ProtoJSON: what is not set is false or 0 (`blocking`, `historyLength`), and the member around an object says what it
  /// is. Otherwise its own member `kind` does.
  bool proto;
  std::string_view parts;                  ///< the member of a message that has its parts
  std::array<std::string_view, 3> roles;   ///< by number: unspecified, user, agent
  std::array<std::string_view, 8> states;  ///< by core::task_state
};

/// The members of a file of which there is one.
struct v0_3_file_words {
  std::string_view bytes;
  std::string_view uri;
};

/// Places in v0_3_words::roles.
inline constexpr std::size_t role_user = 1;
inline constexpr std::size_t role_agent = 2;

inline constexpr std::int64_t v0_3_most_history = std::numeric_limits<std::int32_t>::max();

/// Most of both codecs. ListTasks is in neither form: the specification names it without a request or an answer, and no
/// client has it.
class v0_3_form : public codec {
 public:
  explicit v0_3_form(const v0_3_words& words) : words_(words) {}

  a2a::version version() const final { return version::v0_3; }

  result<send_question> read_send(const json& from) const final;
  /// Always errc::unsupported.
  result<list_question> read_list(const json& from) const final;

  void append_task(std::string& out, const core::task& what, const shown& how) const final;

 protected:
  /// One part; what is wrong with it goes to `errors`.
  virtual core::part read_part(const json& value, const std::string& path, core::field_errors& errors) const = 0;
  virtual void append_part(std::string& out, const core::part& what) const = 0;
  void append_message(std::string& out, const core::message& what, const task_names& names) const;

  /// {id, url, token, authentication: {schemes, credentials}}. Of several schemes the first is taken.
  core::push_config read_push_config(const json& value, const std::string& path, core::field_errors& errors) const;
  /// The same, without credentials.
  void append_push_config(std::string& out, const core::push_config& what) const;

  /// The members of an update, without braces and without what only one of them has.
  void append_names(std::string& out, const task_names& names) const;
  void append_status_object(std::string& out, const core::task_status& what, const task_names& names) const;
  /// `,"metadata":{…}` with the status' code; nothing when it has none.
  void append_code(std::string& out, const core::task_status& what) const;
  void append_artifact_object(std::string& out, const core::artifact& what) const;

 private:
  void read_message(const json& value, const std::string& path, core::field_errors& errors, send_question& out) const;
  void read_configuration(const json& value, const std::string& path, core::field_errors& errors, send_question& out) const;
  void append_parts(std::string& out, const std::vector<core::part>& parts) const;
  void append_history(std::string& out, const core::task& what, const task_names& names, const shown& how) const;

  const v0_3_words& words_;
};

/// A text that must be there and not be empty.
std::string required_text(proto_fields& fields, std::string_view name);
/// `value`, or invalid with these errors.
template <class T>
result<T> finished(T value, core::field_errors errors) {
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return value;
}

// 0.3 has objects as data, 1.0 any value. What is no object goes as {"value": …}, and the part's metadata says so, in the
// word that the SDKs of 1.0 use for it.

/// The object that goes as data.
void append_data(std::string& out, const core::part& what);
/// `,"metadata":{…}` where there is some.
void append_part_metadata(std::string& out, const core::part& what);
/// Takes the value out of what `append_data` and its like have wrapped.
void unwrap_data(core::part& what);

void read_file(const json& value, const std::string& path, const v0_3_file_words& words, core::field_errors& errors,
               core::part& out);
void append_file(std::string& out, const v0_3_file_words& words, const core::part& what);

}  // namespace mofa::a2a
