// What can go wrong below the mirror, in one type: the operating system (error_code), the broker's
// answer (ErrorCode), malformed bytes (WireError's text), or a deadline. Result<T> carries a value
// or a Failure. Plain values, no thread rules.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "protocol/error_code.h"

namespace kmirror::net {

enum class FailureKind {
  kSystem,       // resolving, connecting, reading, writing
  kClosed,       // the connection ended, by either side, before the answer came
  kTimeout,      // no answer before the deadline
  kMalformed,    // the peer's bytes do not decode
  kUnsupported,  // the broker offers no version of this API that we speak
  kBroker,       // the broker answered with an error code
  kRefused,      // kmirror itself will not do what was asked, for the reason given
};

struct Failure {
  FailureKind kind = FailureKind::kSystem;
  std::string text;  // a whole phrase for people, naming the broker or host it is about
  protocol::ErrorCode code = protocol::ErrorCode::kNone;  // with kBroker only
};

// Required by boost::system::result for value() on an error, which no code here relies on.
[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Failure>;

}  // namespace kmirror::net
