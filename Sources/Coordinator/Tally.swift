package import Wire

/// What one run of a node did, by its own account or by the event log's.
package struct Tally: Hashable, Sendable, Codable {
    package var claims: UInt64 = 0
    package var notes: UInt64 = 0
    package var replies: UInt64 = 0
    package var escalated: UInt64 = 0
    package var handedBack: UInt64 = 0
    package var resolved: UInt64 = 0
    package var pended: UInt64 = 0
    package var released: UInt64 = 0

    package init() {}

    package init(_ proto: ProtoNodeTally) {
        claims = proto.claims
        notes = proto.notes
        replies = proto.replies
        escalated = proto.escalated
        handedBack = proto.handedBack
        resolved = proto.resolved
        pended = proto.pended
        released = proto.released
    }

    /// Every count with its word, in the order of the schema.
    package var counts: [(word: String, value: UInt64)] {
        [
            ("claims", claims), ("notes", notes), ("replies", replies), ("escalated", escalated),
            ("handedBack", handedBack), ("resolved", resolved), ("pended", pended), ("released", released),
        ]
    }

    /// The larger of each count: what is known of a run never shrinks.
    package func raised(to other: Tally) -> Tally {
        combined(with: other, max)
    }

    /// What is in here and not in `other`, count by count; 0 where the other has as many or more.
    package func excess(over other: Tally) -> Tally {
        combined(with: other) { $0 > $1 ? $0 - $1 : 0 }
    }

    package var total: UInt64 { counts.reduce(0) { $0.addingSaturated($1.value) } }

    package var isZero: Bool { self == Tally() }

    func combined(with other: Tally, _ combine: (UInt64, UInt64) -> UInt64) -> Tally {
        var result = Tally()
        result.claims = combine(claims, other.claims)
        result.notes = combine(notes, other.notes)
        result.replies = combine(replies, other.replies)
        result.escalated = combine(escalated, other.escalated)
        result.handedBack = combine(handedBack, other.handedBack)
        result.resolved = combine(resolved, other.resolved)
        result.pended = combine(pended, other.pended)
        result.released = combine(released, other.released)
        return result
    }
}

extension UInt64 {
    /// The sum, or the largest number instead of a trap: counts come from the network.
    func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
