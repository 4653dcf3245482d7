import Tickets

/// The last refusals, so that a second copy of a refused command is refused too.
///
/// A sender that hears nothing sends again, so copies of one command may be on their way at the same time. When the
/// first is refused, its sender goes by that; the second must not be carried out because things have changed since.
/// Not stored: no copy outlives the broker that it was sent to. Refusals that ask for a retry are not kept.
struct RefusalBook: Sendable {
    private var refusals: [CommandID: (fingerprint: UInt64, refusal: Refusal)] = [:]
    /// In order of refusal; a ring.
    private var order: [CommandID] = []
    private var oldest = 0
    /// Copies come within seconds of each other.
    static let capacity = 4_096

    func look(up stamp: CommandStamp) -> Refusal? {
        // Most of the time there is nothing, and then this costs nothing.
        guard !refusals.isEmpty, let kept = refusals[stamp.id], kept.fingerprint == stamp.fingerprint else {
            return nil
        }
        return kept.refusal
    }

    mutating func keep(_ refusal: Refusal, for stamp: CommandStamp) {
        guard !refusal.code.isRetryable,
            refusals.updateValue((stamp.fingerprint, refusal), forKey: stamp.id) == nil
        else { return }
        if order.count < Self.capacity {
            order.append(stamp.id)
        } else {
            refusals[order[oldest]] = nil
            order[oldest] = stamp.id
            oldest = (oldest + 1) % Self.capacity
        }
    }
}
