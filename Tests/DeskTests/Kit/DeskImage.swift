import Desk
import Tickets

/// All that a desk holds, field by field, so that two desks can be compared and the difference named.
struct DeskImage: Equatable {
    private var fields: [(name: String, value: AnyHashable)] = []

    init(_ desk: Desk) {
        let answers = desk.answers.entries.map { [AnyHashable($0.stamp), AnyHashable($0.answer)] }
        fields = [
            ("tickets", desk.tickets), ("claims", desk.claims), ("holdings", desk.holdings),
            ("census", desk.census), ("lastTicket", desk.lastTicket), ("lastOutbox", desk.lastOutbox),
            ("position", desk.position), ("lastMoment", desk.lastMoment), ("answers", answers),
            ("solved", Array(desk.solved)), ("settings", desk.settings),
            ("configuration", desk.configuration),
            ("configurations", desk.configurations),
            ("dossiers", desk.dossiers), ("merges", desk.merges), ("promises", desk.promises),
            ("keepsPromises", desk.keepsPromises), ("channels", desk.channels), ("demands", desk.demands),
            ("arrivals", desk.arrivals), ("customers", desk.customers),
            ("tellsChannels", desk.tellsChannels), ("wishes", desk.wishes),
            ("writesByItself", desk.writesByItself),
        ]
    }

    /// The names of the fields that differ.
    func differences(from other: DeskImage) -> [String] {
        zip(fields, other.fields).filter { $0.value != $1.value }.map(\.0.name)
    }

    static func == (a: DeskImage, b: DeskImage) -> Bool { a.differences(from: b).isEmpty }
}
