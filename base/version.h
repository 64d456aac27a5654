// The version of this program: what --version prints and what brokers are told.
#pragma once

#include <string_view>

namespace kmirror {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace kmirror
