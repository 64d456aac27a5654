// Which cluster a console command talks to: the flags that all of them share.
#pragma once

#include <optional>
#include <string>

#include "app/console/session.h"
#include "app/flags.h"

namespace kmirror::app {

struct BrokerFlags {
  std::string bootstrap_server, zookeeper;
};

// Exactly one of the two has to be given. `names` are those of the first; `brokers` outlives the
// parsing.
void add_broker_flags(Flags& flags, BrokerFlags& brokers,
                      const std::string& names = "--bootstrap-server");

// Empty with a message on stderr when what was given is malformed.
std::optional<SessionSettings> session_settings(const BrokerFlags& flags, std::string client_id);

}  // namespace kmirror::app
