#include "net/result.h"

#include "base/check.h"

namespace kmirror::net {

void throw_exception_from_error(const Failure& failure, const boost::source_location& where) {
  check_failed("result has a value", failure.text.c_str(), where.file_name(),
               static_cast<int>(where.line()));
}

}  // namespace kmirror::net
