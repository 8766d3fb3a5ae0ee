// result<T>: a value or an error; the return type of every function that can fail.
// Owned by the caller that asked. No exception crosses a room, so this is how failures travel.
// A plain value; lives on any thread.
#pragma once

#include <tl/expected.hpp>

#include <utility>

#include "server/base/error.hpp"

namespace mofa {

/// A value of type T, or an `error`. Must be looked at.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value) : inner_(std::move(value)) {}
  result(mofa::error failure) : inner_(tl::unexpect, std::move(failure)) {}

  /// Whether there is a value.
  explicit operator bool() const noexcept { return inner_.has_value(); }
  bool has_value() const noexcept { return inner_.has_value(); }

  /// The value; only when there is one.
  T& operator*() & { return *inner_; }
  const T& operator*() const& { return *inner_; }
  T&& operator*() && { return *std::move(inner_); }
  T* operator->() { return &*inner_; }
  const T* operator->() const { return &*inner_; }

  /// The failure; only when there is no value.
  const mofa::error& error() const& { return inner_.error(); }
  mofa::error& error() & { return inner_.error(); }
  mofa::error&& error() && { return std::move(inner_).error(); }

 private:
  tl::expected<T, mofa::error> inner_;
};

/// Success without a value, or an `error`.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() = default;
  result(mofa::error failure) : inner_(tl::unexpect, std::move(failure)) {}

  explicit operator bool() const noexcept { return inner_.has_value(); }
  bool has_value() const noexcept { return inner_.has_value(); }
  const mofa::error& error() const& { return inner_.error(); }
  mofa::error& error() & { return inner_.error(); }
  mofa::error&& error() && { return std::move(inner_).error(); }

 private:
  tl::expected<void, mofa::error> inner_;
};

/// `fail(errc::not_found, "…")` reads better at a return than the constructor.
inline error fail(errc code, std::string detail) { return error{code, std::move(detail)}; }

}  // namespace mofa
