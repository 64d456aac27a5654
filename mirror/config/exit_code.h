// The exit codes of `kmirror mirror`. They are documented and stable: scripts rely on them.
#pragma once

namespace kmirror::mirror {

enum class ExitCode : int {
  kOk = 0,       // ended as asked: a signal, or --until-end reached
  kUsage = 1,    // wrong flag, file, property, value or regex; nothing was contacted
  kStart = 2,    // refused at start: no broker reached, group in use, same cluster at both ends
  kFailure = 3,  // stopped by a failure after mirroring had begun
  // Ended, but something is not whole: a partition was stopped, the source deleted records before
  // they were read, or --until-end was cut short or found no topic.
  kIncomplete = 4,
};

}  // namespace kmirror::mirror
