// The archive that shows a message as JSON, with the names and forms of Kafka's own JsonConverter
// classes (4.1): uuids and bytes in base64, records only by their size as recordsSizeInBytes,
// tagged fields only when set, unknown ones not at all. Made, used and dropped by to_json().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/error_code.h"
#include "protocol/wire/defaults.h"
#include "protocol/wire/spec.h"
#include "protocol/wire/uuid.h"

namespace kmirror::protocol {

// The document under construction. Keeps the JSON library out of the messages' translation units.
class JsonSink {
 public:
  JsonSink();
  ~JsonSink();
  JsonSink(const JsonSink&) = delete;
  JsonSink& operator=(const JsonSink&) = delete;

  void key(std::string_view name);  // of the next value, in an object
  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void text(std::string_view value);
  void base64(ConstBytes value);
  void begin_object();
  void begin_array();
  void end();
  std::string finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class JsonWriter {
 public:
  JsonWriter(JsonSink& sink, std::int16_t version) : sink_(sink), version_(version) {}

  template <class T>
  void field(std::string_view name, const T& value, Spec spec = {}) {
    if (!spec.contains(version_)) return;
    if (spec.tag != kNotTagged && current_.is_default(value)) return;
    sink_.key(name);
    write(value);
  }
  void field(std::string_view name, const std::optional<RecordsView>& value, Spec spec = {}) {
    if (!spec.contains(version_)) return;
    if (!value.has_value()) {
      sink_.key(name);
      return sink_.null();
    }
    sink_.key("recordsSizeInBytes");
    sink_.integer(static_cast<std::int64_t>(value->size()));
  }

  template <Described T>
  void write(const T& value) {
    const CurrentStruct outer = current_;
    current_ = CurrentStruct(value);
    sink_.begin_object();
    T::describe(*this, value);
    sink_.end();
    current_ = outer;
  }

 private:
  void write(bool value) { sink_.boolean(value); }
  template <std::integral T>
  void write(T value) {
    sink_.integer(value);
  }
  void write(ErrorCode value) { sink_.integer(static_cast<std::int16_t>(value)); }
  void write(const Uuid& value) { sink_.text(value.to_string()); }
  void write(std::string_view value) { sink_.text(value); }
  void write(ConstBytes value) { sink_.base64(value); }
  template <class T>
  void write(const std::vector<T>& values) {
    sink_.begin_array();
    for (const T& value : values) write(value);
    sink_.end();
  }
  template <class T>
  void write(const std::optional<T>& value) {
    if (value.has_value()) return write(*value);
    sink_.null();
  }

  JsonSink& sink_;
  std::int16_t version_;
  CurrentStruct current_;
};

}  // namespace kmirror::protocol
