// From what the user wrote to a MirrorConfig. Reads the two files; touches nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mirror/config/config_result.h"
#include "mirror/config/mirror_config.h"

namespace kmirror::mirror {

// The command line of MirrorMaker 1 after parsing; defaults are its own.
struct MirrorInputs {
  std::string consumer_config;  // paths
  std::string producer_config;
  std::string include;                              // --include, else --whitelist
  int num_streams = 1;                              // at least 1
  std::int32_t offset_commit_interval_ms = 60'000;  // at least 1
  bool until_end = false;
  std::vector<std::string> settings;  // each --set key=value
};

struct LoadedConfig {
  MirrorConfig config;
  std::vector<std::string> warnings;  // one sentence each, for the user
  std::vector<std::string> notes;     // likewise, of what is as it was with MirrorMaker or harmless
};

ConfigResult<LoadedConfig> load_mirror_config(const MirrorInputs& inputs);

}  // namespace kmirror::mirror
