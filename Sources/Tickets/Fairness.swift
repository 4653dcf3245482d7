/// How much later the tickets of a customer count who has many of them open, so that one customer's flood does not delay
/// the others.
package struct Fairness: Hashable, Sendable {
    /// So many of a customer's tickets count as they came.
    package var free: Int
    /// How much later each further one counts, in milliseconds.
    package var stepMilliseconds: Int64
    /// How much later at most, in milliseconds: what this adds to the time for which a ticket may be overtaken.
    package var mostMilliseconds: Int64

    package init(free: Int, stepMilliseconds: Int64, mostMilliseconds: Int64) {
        self.free = free
        self.stepMilliseconds = stepMilliseconds
        self.mostMilliseconds = mostMilliseconds
    }

    /// How much later a ticket counts that came while so many others of its customer were open, in milliseconds.
    package func lag(behind others: UInt32) -> Int64 {
        let over = Int64(others) + 1 - Int64(free)
        guard over > 0 else { return 0 }
        let (lag, isHuge) = over.multipliedReportingOverflow(by: stepMilliseconds)
        return isHuge ? mostMilliseconds : min(lag, mostMilliseconds)
    }
}
