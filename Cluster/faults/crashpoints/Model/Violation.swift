/// A promise that was broken.
package struct Violation: Sendable, CustomStringConvertible {
    package var seed: UInt64
    /// Operations that the disk had done, or the one that failed.
    package var moment: Int
    /// What was done to the disk.
    package var circumstance: String
    package var finding: String
    /// Arguments that show it again.
    package var replay: String

    package var description: String {
        "workload \(seed), operation \(moment), \(circumstance): \(finding) (again with \(replay))"
    }
}
