#include "protocol/dump/message_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>

#include "protocol/dump/json_text.h"
#include "protocol/dump/partial_json.h"
#include "protocol/framing.h"

namespace kmirror::protocol {

namespace {

constexpr std::size_t kLengthBytes = 4;

struct Body {
  std::string json;
  WireError error;
};

Body read_body(const MessageType& type, std::int16_t version, ConstBytes bytes) {
  AnyMessage message(type);
  WireError error = message.decode(bytes, version);
  if (error.kind == WireError::Kind::kUnsupportedVersion) {
    return {.json = "null", .error = std::move(error)};
  }
  std::string json = partial_json(message.layout(), message.get(), version, error.path);
  return {.json = std::move(json), .error = std::move(error)};
}

// True if there is none. `begin` is where its offset counts from.
bool report_error(WireError error, std::size_t begin, const DumpOutput& output) {
  if (!error) return true;
  error.offset += begin;
  output.report(error.to_string());
  return false;
}

const Api* find_api(std::int16_t api_key) {
  const MessageType* const type = find_message(api_key, MessageRole::kRequest);
  return type == nullptr ? nullptr : &type->api;
}

struct Frame {
  ConstBytes bytes;          // what follows the length, as much as is there
  std::size_t position = 0;  // of these in the input
  const DumpOutput& output;
  bool& is_wanted;  // more lines: false once nobody reads them

  // Prints the line and says what was wrong. True if the frame is sound.
  bool finish(const std::string& header, std::string_view name, ConstBytes body,
              const MessageType& type, std::int16_t version) const {
    Body read = read_body(type, version, body);
    is_wanted = output.write(fmt::format("{{{},\"{}\":{}}}\n", header, name, read.json));
    const auto begin = position + static_cast<std::size_t>(body.data() - bytes.data());
    return report_error(std::move(read.error), begin, output);
  }
};

bool dump_request(const Frame& frame) {
  RequestFrame header;
  WireError error = decode_request_header(frame.bytes, find_api, header);
  if (error.kind == WireError::Kind::kUnsupportedVersion) {
    frame.output.report(
        fmt::format("byte {}: no API with the key {} is known", frame.position, header.api_key));
    return false;
  }
  if (error) return report_error(std::move(error), frame.position, frame.output);
  const MessageType& type = *find_message(header.api_key, MessageRole::kRequest);
  std::string text = fmt::format(R"("requestHeader":{{"requestApiKey":{},"requestApiVersion":{},)"
                                 R"("correlationId":{},"clientId":)",
                                 header.api_key, header.version, header.correlation_id);
  if (header.client_id) {
    append_json(as_bytes(*header.client_id), text);
  } else {
    text += "null";
  }
  text += fmt::format(R"(,"requestApiKeyName":"{}"}})", type.api.name);
  return frame.finish(text, "request", header.body, type, header.version);
}

bool dump_response(const MessageType& type, std::int16_t version, const Frame& frame) {
  ResponseFrame header;
  WireError error = decode_response_header(frame.bytes, type.api, version, header);
  if (error) return report_error(std::move(error), frame.position, frame.output);
  const auto text =
      fmt::format(R"("responseHeader":{{"correlationId":{}}})", header.correlation_id);
  return frame.finish(text, "response", header.body, type, version);
}

bool dump_frames(ConstBytes frames, const DumpOutput& output,
                 const std::function<bool(const Frame&)>& dump_frame) {
  bool is_sound = true;
  bool is_wanted = true;
  for (std::size_t position = 0; is_wanted && position < frames.size();) {
    const ConstBytes rest = frames.subspan(position);
    const auto length = rest.size() < kLengthBytes ? 0 : load_be<std::int32_t>(rest.data());
    if (rest.size() < kLengthBytes || length < 0) {
      output.report(fmt::format("byte {}: {}", position,
                                length < 0 ? "the frame's length is negative"
                                           : "the input ends inside the frame's length"));
      return false;
    }
    const ConstBytes bytes = rest.subspan(kLengthBytes);
    const std::size_t size = std::min<std::size_t>(length, bytes.size());
    position += kLengthBytes;
    const Frame frame{bytes.first(size), position, output, is_wanted};
    if (!dump_frame(frame)) is_sound = false;
    position += size;
    if (size < static_cast<std::size_t>(length)) {
      output.report(fmt::format("byte {}: the input ends here, {} bytes before the frame does",
                                position, length - size));
      return false;
    }
  }
  return is_sound;
}

}  // namespace

bool dump_body(const MessageType& type, std::int16_t version, ConstBytes body,
               const DumpOutput& output) {
  Body read = read_body(type, version, body);
  read.json += '\n';
  output.write(read.json);
  return report_error(std::move(read.error), 0, output);
}

bool dump_request_frames(ConstBytes frames, const DumpOutput& output) {
  return dump_frames(frames, output, dump_request);
}

bool dump_response_frames(const MessageType& type, std::int16_t version, ConstBytes frames,
                          const DumpOutput& output) {
  return dump_frames(frames, output, [&type, version](const Frame& frame) {
    return dump_response(type, version, frame);
  });
}

}  // namespace kmirror::protocol
