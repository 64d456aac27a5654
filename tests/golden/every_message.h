// Every message of protocol/messages/all.h under the name of its official schema.
#pragma once

#include <string>

#include "protocol/messages/all.h"

namespace kmirror::golden {

// Calls visitor.operator()<M>("FetchRequest") for each request, each response, and data.
void for_each_message(auto&& visitor) {
  protocol::AllRequests::for_each([&visitor]<class Request>() {
    const std::string name(Request::kApi.name);
    visitor.template operator()<Request>(name + "Request");
    visitor.template operator()<typename Request::Response>(name + "Response");
  });
  protocol::AllData::for_each([&visitor]<class Data>() {
    visitor.template operator()<Data>(std::string(Data::kApi.name));
  });
}

}  // namespace kmirror::golden
