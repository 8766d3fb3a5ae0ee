// callback<void(T)>: a function that is owned, moved and called at most once; how an asker leaves word where to answer.
// Made by the asker, moved along with the question, called on whatever thread has the answer; it must not block.
// std::function would demand copies of what a question carries.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace mofa {

template <class Signature>
class callback;

/// A move-only function object. Calling an empty one is a defect and aborts.
template <class R, class... Args>
class callback<R(Args...)> {
 public:
  callback() = default;
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, callback>) callback(F&& f)
      : held_(std::make_unique<holder<std::decay_t<F>>>(std::forward<F>(f))) {}

  explicit operator bool() const noexcept { return held_ != nullptr; }
  R operator()(Args... args) { return held_->call(std::forward<Args>(args)...); }

 private:
  struct base {
    virtual ~base() = default;
    virtual R call(Args... args) = 0;
  };
  template <class F>
  struct holder final : base {
    template <class G>
    explicit holder(G&& f) : function(std::forward<G>(f)) {}
    R call(Args... args) override { return function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<base> held_;
};

}  // namespace mofa
