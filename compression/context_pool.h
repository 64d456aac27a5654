// A library's context, taken out of the thread's pool and put back by the destructor. A stream may
// live across other calls on its thread, so each has a context of its own; one spare is kept a
// thread. Used inside this layer.
#pragma once

#include <memory>
#include <utility>

#include "compression/output.h"

namespace kmirror::compression {

// Context has reset(), which makes it as good as new whatever it was used for, and
// allocated_bytes(), which decides whether it is worth keeping.
template <class Context>
class Pooled {
 public:
  Pooled() : context_(std::move(spare())) {
    if (context_ == nullptr) context_ = std::make_unique<Context>();
    context_->reset();
  }
  ~Pooled() {
    if (context_->allocated_bytes() <= kMaxKeptBytes) spare() = std::move(context_);
  }
  Pooled(const Pooled&) = delete;
  Pooled& operator=(const Pooled&) = delete;

  Context* operator->() const { return context_.get(); }

 private:
  static std::unique_ptr<Context>& spare() {
    thread_local std::unique_ptr<Context> spare;
    return spare;
  }

  std::unique_ptr<Context> context_;
};

}  // namespace kmirror::compression
