// Compared in every module at every event: inlined there, because what another module has is else called through a
// table, `!=` even when `==` is known.

/// A ticket's number: 1, 2, 3 … in order of acceptance, without gaps.
package struct TicketNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt64

    @inlinable package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inlinable package static func == (a: TicketNumber, b: TicketNumber) -> Bool { a.rawValue == b.rawValue }
    @inlinable package static func != (a: TicketNumber, b: TicketNumber) -> Bool { a.rawValue != b.rawValue }
    @inlinable package static func < (a: TicketNumber, b: TicketNumber) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
}

/// A claim's fencing number. Grows with every claim of its ticket, for the ticket's whole life; 0 before the first.
package struct Token: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt64

    @inlinable package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inlinable package static func == (a: Token, b: Token) -> Bool { a.rawValue == b.rawValue }
    @inlinable package static func != (a: Token, b: Token) -> Bool { a.rawValue != b.rawValue }
    @inlinable package static func < (a: Token, b: Token) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
}

/// The number of an event in the desk's log: 1, 2, 3 … without gaps. 0 stands before the first.
package struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt64

    @inlinable package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let start = Position(0)
    @inlinable package var next: Position { Position(rawValue + 1) }
    @inlinable package static func == (a: Position, b: Position) -> Bool { a.rawValue == b.rawValue }
    @inlinable package static func != (a: Position, b: Position) -> Bool { a.rawValue != b.rawValue }
    @inlinable package static func < (a: Position, b: Position) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
}

/// The id of a command, chosen by its sender: 16 bytes, random or derived from something that is unique there.
package struct CommandID: Hashable, Comparable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable package static func == (a: CommandID, b: CommandID) -> Bool {
        a.low == b.low && a.high == b.high
    }
    @inlinable package static func != (a: CommandID, b: CommandID) -> Bool { !(a == b) }
    package static func < (a: CommandID, b: CommandID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// A broker's handle of one connected peer. Never an identity, never reused within a broker's life.
package struct SessionID: Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    @inlinable package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inlinable package static func == (a: SessionID, b: SessionID) -> Bool { a.rawValue == b.rawValue }
    @inlinable package static func != (a: SessionID, b: SessionID) -> Bool { a.rawValue != b.rawValue }
    @inlinable package static func < (a: SessionID, b: SessionID) -> Bool { a.rawValue < b.rawValue }
}
