#include "protocol/wire/json_writer.h"

#include <absl/strings/escaping.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"

namespace kmirror::protocol {

using Json = nlohmann::ordered_json;

// Unfinished containers, innermost last, each with the key it will have in the one around it.
struct JsonSink::State {
  struct Open {
    std::string key;
    Json value;
  };
  std::vector<Open> open;
  std::string next_key;
  Json document;

  void put(Json value, const std::string& key) {
    if (open.empty()) {
      document = std::move(value);
    } else if (open.back().value.is_array()) {
      open.back().value.push_back(std::move(value));
    } else {
      open.back().value[key] = std::move(value);
    }
  }
  void put(Json value) { put(std::move(value), next_key); }
};

JsonSink::JsonSink() : state_(std::make_unique<State>()) {}
JsonSink::~JsonSink() = default;

void JsonSink::key(std::string_view name) {
  state_->next_key = name;
}
void JsonSink::null() {
  state_->put(nullptr);
}
void JsonSink::boolean(bool value) {
  state_->put(value);
}
void JsonSink::integer(std::int64_t value) {
  state_->put(value);
}
void JsonSink::text(std::string_view value) {
  state_->put(value);
}

void JsonSink::base64(ConstBytes value) {
  const std::string_view text = as_text(value);
  state_->put(absl::Base64Escape(absl::string_view(text.data(), text.size())));
}

void JsonSink::begin_object() {
  state_->open.push_back({state_->next_key, Json::object()});
}
void JsonSink::begin_array() {
  state_->open.push_back({state_->next_key, Json::array()});
}

void JsonSink::end() {
  KM_CHECK(!state_->open.empty(), "every end() has its begin");
  State::Open closed = std::move(state_->open.back());
  state_->open.pop_back();
  state_->put(std::move(closed.value), closed.key);
}

// Bytes that are not UTF-8 are shown as replacement characters.
std::string JsonSink::finish() const {
  return state_->document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kmirror::protocol
