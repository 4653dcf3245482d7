import Desk
import Storage
import Tickets

/// The view as people read it, folded from the log as the broker's projector does, and compared with what was seen.
extension Cluster {
    mutating func foldView() throws(StoreError) {
        var chance = Chance(seed: plan.seed, .view)
        var writer: (any ViewWriter)? = try disk.store.openView()
        var next = 0
        while next < disk.turns.count {
            let end = min(next + Int(chance.magnitude(1...256)), disk.turns.count)
            try writer?.fold(disk.turns[next..<end].map { StoredTurn(epoch: 1, records: $0) })
            next = end
            // A projector that starts anew remembers nothing.
            guard chance.happens(perMille: 50) else { continue }
            writer = nil
            writer = try disk.store.openView()
        }
        try witness.compare(disk.store.openViewReader())
    }
}

extension Witness {
    /// B3, B4: what tickets have to do with one another, and who takes part, as people see it.
    mutating func compare(_ view: any ViewReader) throws(StoreError) {
        for index in cases.indices {
            let number = TicketNumber(UInt64(index) + 1)
            guard let row = try view.ticket(number) else {
                findings.expect(.d1, false, "\(number) is not in the view")
                continue
            }
            let (known, extras) = (ties[number] ?? Ties(), row.extras.value)
            let (bonds, links) = (Set(known.bonds), Set(extras?.links ?? []))
            findings.expect(
                .b3, bonds == links, "\(number) has \(Self.words(links)), not \(Self.words(bonds))")
            let names = extras?.participants ?? []
            findings.expect(
                .b4, names == known.participants, "in \(number) take part \(names), not \(known.participants)"
            )
        }
    }

    private static func words(_ links: Set<Extras.Link>) -> [String] {
        links.map { "\($0.bond.word) \($0.ticket)" }.sorted()
    }
}
