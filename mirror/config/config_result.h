// A value, or why the configuration cannot be used: one sentence for people that names the file,
// line and key, or the flag, it is about.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace kmirror::mirror {

struct ConfigError {
  std::string text;
};

// Required by boost::system::result for value() on an error, which no code here relies on.
[[noreturn]] void throw_exception_from_error(const ConfigError& error,
                                             const boost::source_location& where);

template <class T>
using ConfigResult = boost::system::result<T, ConfigError>;

}  // namespace kmirror::mirror
