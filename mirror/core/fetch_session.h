// Which lanes a broker reads for us, and what of that the next request has to tell it: the client's
// half of an incremental fetch session (KIP-227; Java's FetchSessionHandler). A broker with a
// session remembers what it was asked for, so a request names only lanes that are new or go on
// elsewhere, and those to be forgotten; the answer leaves out partitions without news. Without a
// session each request names all of its lanes. Sans-IO; owned by a FetchLoop.
//
// Lanes go by their numbers in the shard. One request is under way at a time, and lanes are not
// changed meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/error_code.h"

namespace kmirror::mirror {

class FetchSession {
 public:
  struct Place {
    std::int64_t offset = 0;
    std::int32_t leader_epoch = -1;
    bool operator==(const Place&) const = default;
  };

  struct Request {
    std::int32_t id = 0;
    std::int32_t epoch = 0;
    std::vector<std::size_t> named;
    std::vector<std::size_t> forgotten;
  };

  // From the next request on the lane is read from there, or not at all.
  void read(std::size_t lane, Place from);
  void rest(std::size_t lane);

  bool reads(std::size_t lane) const;
  const Place& place(std::size_t lane) const { return entries_[lane].wanted; }
  std::size_t size() const { return size_; }
  std::vector<std::size_t> lanes() const;

  // What to ask for now. A session knows topics by their ids or by their names: with the other kind
  // of request begins another session. Brokers fill an answer from the first partitions on; within
  // a session they begin with those that had nothing the last time, and requests that name all
  // lanes begin with another each time.
  Request next_request(bool by_topic_id);

  // The answer came. False where it only says that the broker does not have the session any more:
  // ask again at once.
  bool on_response(protocol::ErrorCode code, std::int32_t id);

  // The next request begins a new session: an answer is lost, so that nobody knows what the broker
  // holds for told, or the broker may be another by now.
  void restart() { open_ = false; }

 private:
  struct Entry {
    Place wanted;
    Place told;
    bool is_wanted = false;
    bool is_told = false;  // to the broker, in this session
    bool is_changed = false;
  };

  Entry& change(std::size_t lane);
  Request full_request(bool by_topic_id);

  std::vector<Entry> entries_;  // by lane
  std::vector<std::size_t> changed_;
  std::size_t size_ = 0;
  std::int32_t id_ = 0;  // of the last session, which a new one ends
  std::int32_t epoch_ = 0;
  bool open_ = false;
  bool by_topic_id_ = false;
  std::size_t rotation_ = 0;
};

}  // namespace kmirror::mirror
