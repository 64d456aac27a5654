#include "conformance/story.h"

#include <fmt/format.h>

#include <chrono>

#include "base/join.h"
#include "conformance/words.h"
#include "net/wakeup.h"
#include "protocol/framing.h"

namespace kmirror::conformance {
namespace {

using protocol::ErrorCode;
using protocol::MessageRole;

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kBreath = std::chrono::milliseconds(20);
constexpr std::string_view kClientId = "conformance";

std::string shown(To to) {
  const int line = to.line % kCoordinatorLine;
  std::string peer = fmt::format("{}", to.node);
  if (to.line >= kCoordinatorLine) peer = "coordinator";
  if (to.line >= kOtherLine) peer = "another";
  return line == 0 ? peer : fmt::format("{}/{}", peer, line);
}

// Anywhere in it: coordinators answer as a whole or for each partition.
bool has_error(protocol::Value value, ErrorCode code);

bool has_error(const protocol::StructLayout& layout, const void* object, ErrorCode code) {
  for (const protocol::FieldLayout& field : layout.fields) {
    if (has_error(field.of(object), code)) return true;
  }
  return false;
}

bool has_error(protocol::Value value, ErrorCode code) {
  using protocol::ValueKind;
  if (value.is_null()) return false;
  value = value.held();
  if (value.type->kind == ValueKind::kErrorCode) return value.as<ErrorCode>() == code;
  if (value.type->kind == ValueKind::kStruct) {
    return has_error(value.type->layout(), value.at, code);
  }
  if (value.type->kind != ValueKind::kArray) return false;
  for (std::size_t i = 0; i < value.count(); ++i) {
    if (has_error(value[i], code)) return true;
  }
  return false;
}

}  // namespace

std::string Story::name(std::string_view plain) {
  std::string actual = fmt::format("{}-{}-{}", stage_.run, number_, plain);
  masks_.rename(actual, std::string(plain));
  return actual;
}

void Story::note(std::string_view line) {
  transcript_ += line.substr(0, line.find_last_not_of(' ') + 1);
  transcript_ += '\n';
}

Awaitable<Reply> Story::ask(To to, const Type& type, const void* request, std::int16_t version) {
  co_await send(to, type, request, version, kSilent);
  Reply reply = co_await receive(to);
  co_return reply;
}

Awaitable<Reply> Story::call(To to, const Type& type, const void* request, std::int16_t version) {
  co_await send(to, type, request, version, kWrittenDown);
  Reply reply = co_await receive(to);
  co_return reply;
}

Awaitable<Reply> Story::settled(To to, const Type& type, const void* request, std::int16_t version,
                                ErrorCode passing) {
  const TimePoint patience = stage_.runtime.now() + kPatience;
  while (true) {
    const std::string before = transcript_;
    const Masks masks_before = masks_;
    Reply reply = co_await call(to, type, request, version);
    const auto* response = find_message(type.api.key, MessageRole::kResponse);
    const auto has = [&](ErrorCode code) {
      return has_error(response->layout(), reply.message.get(), code);
    };
    // Producer ids are had from the controller a block at a time; meanwhile it is this.
    const bool is_passing = has(passing) || has(ErrorCode::kCoordinatorLoadInProgress);
    if (!reply.has_come || !is_passing) co_return reply;
    if (stage_.runtime.now() > patience) co_return reply;
    transcript_ = before;
    masks_ = masks_before;
    co_await breathe();
  }
}

Awaitable<void> Story::send(To to, const Type& type, const void* request, std::int16_t version,
                            Kind kind) {
  Line* const to_line = co_await line(to);
  const protocol::RequestPrefix prefix(type.api, version, ++to_line->correlation_id, kClientId);
  protocol::GatherBuffer encoded;
  const auto error = type.encode(request, version, prefix, encoded);
  KM_CHECK(!error, "a story's request can be encoded");
  if (kind != kSilent) {
    note(fmt::format("{}> {}", shown(to), words_of_request(type, request, version, masks_)));
  }
  const auto* response = find_message(type.api.key, MessageRole::kResponse);
  if (kind != kOneWay) to_line->sent.push_back({response, version, kind == kWrittenDown});
  if (to_line->link) co_await to_line->link->send(join(encoded.pieces()));
}

Awaitable<Reply> Story::receive(To to) {
  Line* const from = co_await line(to);
  KM_CHECK(!from->sent.empty(), "a story waits only for what it has asked");
  const Sent sent = from->sent.front();
  from->sent.pop_front();
  auto outcome = Link::Outcome::kClosed;
  if (from->link) outcome = co_await from->link->receive(stage_.runtime.now() + kPatience);
  Reply reply{.message = sent.response->make()};
  if (outcome == Link::Outcome::kFrame) {
    reply = read_answer(sent, *from->link);
  } else if (sent.is_written_down) {
    const bool is_closed = outcome == Link::Outcome::kClosed;
    note(fmt::format("{}< {}", shown(to), is_closed ? "connection closed" : "no answer"));
  }
  if (reply.has_come && sent.is_written_down) {
    note(fmt::format("{}< {}", shown(to),
                     words_of_answer(*sent.response, reply.message.get(), sent.version, masks_)));
  }
  co_return reply;
}

Reply Story::read_answer(const Sent& sent, const Link& link) {
  Reply reply{.frame = link.frame(), .message = sent.response->make()};
  protocol::ResponseFrame parts;
  auto error = decode_response_header(reply.frame, sent.response->api, sent.version, parts);
  std::int16_t version = sent.version;
  if (!error && sent.response->api.key == protocol::kApiVersionsKey && parts.body.size() >= 2 &&
      load_be<std::int16_t>(parts.body.data()) ==
          static_cast<std::int16_t>(ErrorCode::kUnsupportedVersion)) {
    version = 0;  // ApiVersionsRequest.getErrorResponse: this one error has the oldest format.
  }
  if (!error) error = sent.response->decode(parts.body, version, reply.message.get());
  if (error) note(fmt::format("malformed answer: {}", error.to_string()));
  reply.has_come = !error;
  return reply;
}

Awaitable<void> Story::send_bytes(To to, Buffer bytes, std::string words) {
  Line* const to_line = co_await line(to);
  note(fmt::format("{}> {}", shown(to), words));
  if (to_line->link) co_await to_line->link->send(std::move(bytes));
}

Awaitable<Buffer> Story::receive_frame(To to) {
  Line* const from = co_await line(to);
  auto outcome = Link::Outcome::kClosed;
  if (from->link) outcome = co_await from->link->receive(stage_.runtime.now() + kPatience);
  if (outcome == Link::Outcome::kFrame) co_return from->link->frame();
  const bool is_closed = outcome == Link::Outcome::kClosed;
  note(fmt::format("{}< {}", shown(to), is_closed ? "connection closed" : "no answer"));
  co_return Buffer();
}

Awaitable<Story::Line*> Story::line(To to) {
  const auto [found, added] = lines_.try_emplace(to);
  Line* const made = &found->second;
  if (added) {
    auto link = co_await Link::connect(stage_.runtime, stage_.nodes.at(to.node));
    if (link) made->link = std::move(link.value());
  }
  co_return made;
}

Awaitable<void> Story::breathe() {
  net::Wakeup pause(stage_.runtime);
  co_await pause.wait(stage_.runtime.now() + kBreath);
}

}  // namespace kmirror::conformance
