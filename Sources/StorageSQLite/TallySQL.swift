import Storage
import Tickets

/// Tallies as SQL.
enum TallySQL {
    private static let counts = [
        "claims", "notes", "replies", "escalated", "handedBack", "resolved", "pended", "released",
    ]
    static let add = """
        INSERT INTO tally (node, incarnation, \(counts.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (node, incarnation) DO UPDATE SET
        \(counts.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        """
    static let select = "SELECT node, incarnation, \(counts.joined(separator: ", ")) FROM tally ORDER BY node"

    static func row(_ stored: HotStatement) throws -> NodeTally {
        func count(_ column: CInt) throws -> UInt64 {
            guard let number = stored.integer(column) else { throw flaw }
            return UInt64(bitPattern: number)
        }
        guard let node = stored.text(0).flatMap({ Name($0) }) else { throw flaw }
        var tally = NodeTally(node: node, incarnation: try count(1))
        tally.claims = try count(2)
        tally.notes = try count(3)
        tally.replies = try count(4)
        tally.escalated = try count(5)
        tally.handedBack = try count(6)
        tally.resolved = try count(7)
        tally.pended = try count(8)
        tally.released = try count(9)
        return tally
    }

    private static let flaw = StoreError(.corrupt, "a tally in the view is damaged")
}
