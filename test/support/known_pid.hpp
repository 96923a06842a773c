#pragma once

namespace test {

/// While it lives, getpid() is no system call: libEGL asks in every call of its functions whether
/// the process was forked, and a system call takes a hundred times longer on User-Mode Linux than
/// elsewhere. Nobody may fork meanwhile.
class KnownPid {
public:
    KnownPid();
    ~KnownPid();
    KnownPid(const KnownPid&) = delete;
    KnownPid& operator=(const KnownPid&) = delete;
};

} // namespace test
