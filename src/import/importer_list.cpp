#include <algorithm>
#include <tarmac/importer_list.hpp>

#include "dmabuf/formatted.hpp"
#include "import/ask_in_order.hpp"

namespace tarmac {

void ImporterList::add(std::unique_ptr<Importer> importer) {
    Importer& added = *importer;
    own_.push_back(std::move(importer));
    add(added);
}

void ImporterList::add(Importer& importer) {
    std::ranges::copy(importer.members(), std::back_inserter(members_));
    for (const FormatModifier& pair : importer.formats())
        formats_.add(pair);
}

const FormatSet& ImporterList::formats() const noexcept {
    const auto has_formats = [](const Importer* member) { return !member->formats().empty(); };
    return std::ranges::any_of(members_, has_formats) ? formats_ : no_formats_;
}

wlr_renderer* ImporterList::renderer() const noexcept {
    const auto needs_one = [](const Importer* member) { return member->renderer() != nullptr; };
    const auto found = std::ranges::find_if(members_, needs_one);
    return found != members_.end() ? (*found)->renderer() : nullptr;
}

dev_t ImporterList::device() const noexcept {
    return members_.empty() ? 0 : members_.front()->device();
}

bool ImporterList::imports() const noexcept {
    return std::ranges::any_of(members_, &Importer::imports);
}

bool ImporterList::takes_device_buffers() const noexcept {
    return std::ranges::any_of(members_, &Importer::takes_device_buffers);
}

Result<Texture> ImporterList::import_dmabuf(std::shared_ptr<const Dmabuf> dmabuf,
                                            const Update& update) {
    const FormatModifier pair{dmabuf->fourcc(), dmabuf->modifier()};
    auto texture = ask_in_order(
        members_, pair, [&](Importer& importer) { return importer.import(dmabuf, update); });
    if (texture)
        return std::move(*texture);
    return fail(Fault::InvalidFormat,
                formatted("nothing imports {} with modifier {}", fourcc_name(pair.fourcc),
                          modifier_name(pair.modifier)));
}

} // namespace tarmac
