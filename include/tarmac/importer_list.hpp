#pragma once

#include <tarmac/cxx23.hpp>

#include <memory>
#include <tarmac/importer.hpp>
#include <vector>

namespace tarmac {

/// Importers as one: for an image, each is asked that has its format, until one takes it.
///
///     tarmac::ImporterList importers;
///     importers.add(own);
///     importers.add(std::move(*tarmac::create_importer(renderer)));
///     auto dmabuf = tarmac::LinuxDmabuf::create(display, compositor, importers);
///
/// A list may be in another one. An empty one imports nothing. To be filled before it is used.
class TARMAC_EXPORT ImporterList final : public Importer {
public:
    ImporterList() = default;

    /// Puts `importer`, which must not be null, behind those that are there. It goes with the list.
    void add(std::unique_ptr<Importer> importer);
    /// The same with one that somebody else owns, and that outlives the list.
    void add(Importer& importer);

    /// What any member had when it was added, in their order; nothing once none has anything.
    const FormatSet& formats() const noexcept override;
    /// The first member's; 0 if there is none.
    dev_t device() const noexcept override;
    /// Whether any member does.
    bool imports() const noexcept override;
    /// Whether any member does.
    bool takes_device_buffers() const noexcept override;
    std::string_view way() const noexcept override { return "list"; }
    /// Without lists: of those that were added, their members.
    std::vector<Importer*> members() override { return members_; }
    /// That of the first member that needs one.
    wlr_renderer* renderer() const noexcept override;

private:
    /// The last error, but NotReady if any member says so: that one would take the image later.
    TARMAC_LOCAL Result<Texture> import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                               const Update& update) override;

    std::vector<std::unique_ptr<Importer>> own_;
    std::vector<Importer*> members_;
    FormatSet formats_, no_formats_;
};

} // namespace tarmac
