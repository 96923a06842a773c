#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>
#include <string>
#include <tarmac/error.hpp>
#include <tarmac/export.h>

struct wl_event_loop;

namespace tarmac {

class LinuxDmabuf;

/// Tells programs such as tarmac-inspect what a LinuxDmabuf holds and does, over
/// protocol/tarmac-inspect-v1.xml, on a socket of its own: clients of the compositor can't learn of
/// each other by it. Nobody is offered it unless a compositor makes one of these. What is told is
/// LinuxDmabuf::snapshot(), a few entries in a turn of the event loop, so that looking at ten
/// thousand buffers keeps nobody waiting. At most 16 programs look at once; others are disconnected
/// with an error. Everything on the thread of the event loop.
class TARMAC_EXPORT Inspection {
public:
    /// Listens on a socket at `path`, for the user of this process alone (mode 0600). One that is
    /// there and on which nobody listens is replaced. `dmabuf` may be moved, and may go first: then
    /// nothing is told any more; so it is once `loop` is gone.
    ///
    /// Errors: NotAvailable, with what the system said, if `path` is too long for a socket
    /// (unix(7): 107 bytes), is taken or can't be made; OutOfResources.
    static Result<Inspection> create(LinuxDmabuf& dmabuf, wl_event_loop* loop, std::string path);

    Inspection(Inspection&&) noexcept;
    Inspection& operator=(Inspection&&) noexcept;
    /// Removes the socket, and disconnects who looks.
    ~Inspection();

    /// Of the socket.
    const std::string& path() const noexcept;

private:
    struct TARMAC_LOCAL Life;
    TARMAC_LOCAL explicit Inspection(std::unique_ptr<Life> life) noexcept;

    std::unique_ptr<Life> life_;
};

} // namespace tarmac
