// From one properties file to its side's part of the configuration. Pure. The properties must have
// passed check_keys; `file` names the file where a key is missing.
#pragma once

#include <string>
#include <vector>

#include "mirror/config/config_result.h"
#include "mirror/config/mirror_config.h"
#include "mirror/config/properties.h"

namespace kmirror::mirror {

// consumer.properties. Errors: no group.id, no way to the brokers or two, malformed addresses.
ConfigResult<SourceConfig> resolve_source(const Properties& properties, const std::string& file);

// producer.properties. Errors: no bootstrap.servers, malformed addresses, a delivery.timeout.ms
// that no request fits in.
ConfigResult<DestinationConfig> resolve_destination(const Properties& properties,
                                                    const std::string& file,
                                                    std::vector<std::string>& warnings);

}  // namespace kmirror::mirror
