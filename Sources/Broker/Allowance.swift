import Tickets

/// What a key may still ask for now. It fills evenly, up to what it may ask for in a second.
struct Allowance: Sendable {
    private let perSecond: Int64
    /// In thousandths; below 0 after something that was larger than what was left.
    private var left: Int64
    private var at: Moment

    init(perSecond: Int, at now: Moment) {
        self.perSecond = Int64(max(1, perSecond))
        left = self.perSecond * 1_000
        at = now
    }

    /// Takes a cost, or says in how many milliseconds there is something again.
    mutating func take(_ cost: Int, at now: Moment) -> Int64? {
        let passed = min(max(0, now.milliseconds(since: at)), 3_600_000)
        at = max(at, now)
        left = min(perSecond * 1_000, left + passed * perSecond)
        guard left > 0 else { return -left / perSecond + 1 }
        left -= Int64(cost) * 1_000
        return nil
    }
}
