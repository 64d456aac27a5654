#include "mirror/core/fetch_session.h"

#include <algorithm>
#include <limits>

namespace kmirror::mirror {

using protocol::ErrorCode;

namespace {

// Of the request that asks for a session, ending the one that it names.
constexpr std::int32_t kFirstEpoch = 0;

bool is_session_error(ErrorCode code) {
  return code == ErrorCode::kFetchSessionIdNotFound ||
         code == ErrorCode::kInvalidFetchSessionEpoch ||
         code == ErrorCode::kFetchSessionTopicIdError;
}

}  // namespace

FetchSession::Entry& FetchSession::change(std::size_t lane) {
  if (lane >= entries_.size()) entries_.resize(lane + 1);
  Entry& entry = entries_[lane];
  if (!entry.is_changed) changed_.push_back(lane);
  entry.is_changed = true;
  return entry;
}

void FetchSession::read(std::size_t lane, Place from) {
  Entry& entry = change(lane);
  if (!entry.is_wanted) ++size_;
  entry.is_wanted = true;
  entry.wanted = from;
}

void FetchSession::rest(std::size_t lane) {
  if (!reads(lane)) return;
  change(lane).is_wanted = false;
  --size_;
}

bool FetchSession::reads(std::size_t lane) const {
  return lane < entries_.size() && entries_[lane].is_wanted;
}

std::vector<std::size_t> FetchSession::lanes() const {
  std::vector<std::size_t> lanes;
  lanes.reserve(size_);
  for (std::size_t lane = 0; lane < entries_.size(); ++lane) {
    if (entries_[lane].is_wanted) lanes.push_back(lane);
  }
  return lanes;
}

FetchSession::Request FetchSession::next_request(bool by_topic_id) {
  if (!open_ || by_topic_id != by_topic_id_) return full_request(by_topic_id);
  Request request{.id = id_, .epoch = epoch_, .named = {}, .forgotten = {}};
  std::sort(changed_.begin(), changed_.end());
  for (const std::size_t lane : changed_) {
    Entry& entry = entries_[lane];
    entry.is_changed = false;
    if (entry.is_wanted && !(entry.is_told && entry.told == entry.wanted)) {
      request.named.push_back(lane);
    } else if (!entry.is_wanted && entry.is_told) {
      request.forgotten.push_back(lane);
    }
    entry.is_told = entry.is_wanted;
    entry.told = entry.wanted;
  }
  changed_.clear();
  return request;
}

FetchSession::Request FetchSession::full_request(bool by_topic_id) {
  open_ = false;
  by_topic_id_ = by_topic_id;
  changed_.clear();
  for (Entry& entry : entries_) {
    entry.is_told = entry.is_wanted;
    entry.told = entry.wanted;
    entry.is_changed = false;
  }
  Request request{.id = id_, .epoch = kFirstEpoch, .named = lanes(), .forgotten = {}};
  if (request.named.empty()) return request;
  const auto first = static_cast<std::ptrdiff_t>(rotation_++ % request.named.size());
  std::rotate(request.named.begin(), request.named.begin() + first, request.named.end());
  return request;
}

bool FetchSession::on_response(ErrorCode code, std::int32_t id) {
  const bool was_open = open_;
  open_ = code == ErrorCode::kNone && id != 0 && (!was_open || id == id_);
  if (code == ErrorCode::kNone) id_ = id;
  if (code == ErrorCode::kFetchSessionIdNotFound) id_ = 0;
  const bool goes_on = was_open && epoch_ < std::numeric_limits<std::int32_t>::max();
  if (open_) epoch_ = goes_on ? epoch_ + 1 : kFirstEpoch + 1;
  return !(was_open && is_session_error(code));
}

}  // namespace kmirror::mirror
