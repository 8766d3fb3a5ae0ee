// The kinds of values that settings have: how each is checked, stored and shown.
// Used by the declarations; without_password also by whoever shows a setting.
// Pure functions over values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/settings/declarations.hpp"

namespace mofa::settings {

/// How an integer setting of type T is stored and shown: a number of its unit.
template <class T>
struct integer_form {
  static T from(std::int64_t number) { return static_cast<T>(number); }
  static std::int64_t to(const T& value) { return static_cast<std::int64_t>(value); }
};
template <class Rep, class Period>
struct integer_form<std::chrono::duration<Rep, Period>> {
  using duration = std::chrono::duration<Rep, Period>;
  static duration from(std::int64_t number) { return duration{static_cast<Rep>(number)}; }
  static std::int64_t to(const duration& value) { return static_cast<std::int64_t>(value.count()); }
};

/// The setting with its place in the configuration: `at` is a function (auto& configuration) -> reference of the member.
template <class At>
setting holds(setting what, At at) {
  what.same = [at](const configuration& one, const configuration& other) { return at(one) == at(other); };
  what.copy = [at](const configuration& from, configuration& to) { at(to) = at(from); };
  return what;
}

/// `at` as above.
template <class At>
setting integer(std::string name, std::string description, std::int64_t min, std::int64_t max, At at) {
  setting out;
  out.name = std::move(name);
  out.description = std::move(description);
  out.bounds = "from " + std::to_string(min) + " to " + std::to_string(max);
  out.store = [min, max, at](const given_value& given, configuration& into, core::field_errors& errors) {
    using form = integer_form<std::remove_cvref_t<decltype(at(into))>>;
    if (const auto number = core::integer_from_json(given.value, given.path, min, max, errors))
      at(into) = form::from(*number);
  };
  out.show = [at](const configuration& from) {
    using form = integer_form<std::remove_cvref_t<decltype(at(from))>>;
    return json(form::to(at(from)));
  };
  return holds(std::move(out), at);
}

/// True or false; `at` as above.
template <class At>
setting boolean(std::string name, std::string description, At at) {
  setting out;
  out.name = std::move(name);
  out.description = std::move(description);
  out.bounds = "true | false";
  out.store = [at](const given_value& given, configuration& into, core::field_errors& errors) {
    if (given.value.is_boolean()) {
      at(into) = given.value.template get<bool>();
    } else {
      errors.push_back({given.path, "must be true or false"});
    }
  };
  out.show = [at](const configuration& from) { return json(at(from)); };
  return holds(std::move(out), at);
}

/// One of a few words.
setting choice(std::string name, std::string description, std::vector<std::string> words, std::string& (*at)(configuration&),
               const std::string& (*from)(const configuration&));

/// The same URL with `***` for its user and password; what only looks like a password is masked, too.
std::string without_password(std::string_view url);

setting listen_setting();
setting data_dir_setting();
setting definitions_setting();
setting auth_keys_setting();
setting cors_origins_setting();
setting scheduling_slots_setting();
setting http_client_allow_setting();
setting http_client_proxy_setting();

}  // namespace mofa::settings
