// The version that --version prints and that brokers are told.
#pragma once

#include <string_view>

namespace kmirror::app {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace kmirror::app
