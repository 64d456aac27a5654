// Tells the stories to a cluster and returns what it answered, to be compared with what others did.
// The cluster has three brokers with the ids 1 to 3; stories leave topics and groups behind, under
// names that no other run uses.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "conformance/story.h"

namespace kmirror::conformance {

// A text each group of stories: "== name" and what was asked and answered, story after story.
using Transcripts = std::map<std::string, std::string, std::less<>>;

// Those stories whose group or name begins with `prefix`. `bootstrap` is any of the brokers.
Awaitable<net::Result<Transcripts>> run_stories(net::Runtime& runtime, net::HostPort bootstrap,
                                                Release release, std::string prefix);

}  // namespace kmirror::conformance
