#include "mirror/config/config_result.h"

#include <cstdlib>

#include "base/check.h"

namespace kmirror::mirror {

void throw_exception_from_error(const ConfigError&, const boost::source_location&) {
  KM_CHECK(false, "a ConfigResult was used without looking whether it holds a value");
  std::abort();
}

}  // namespace kmirror::mirror
