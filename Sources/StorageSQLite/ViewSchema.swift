import GRDB
import Storage
import Tickets

/// The layout of the view's file. A view of any other layout is deleted and built again from the log, so there are
/// no migrations.
enum ViewSchema {
    /// Grows with every change of the tables or of how they are folded.
    static let layout: Int64 = 1

    /// Names are text; what people wrote is blobs, because GRDB cuts text at a NUL. Numbers without a sign are kept
    /// by their bits. An entry's key is its ticket times 65,536 plus its number: with bodies in the rows, a rowid
    /// table is shallower than one `WITHOUT ROWID`. `frames` is each line with a comma before it.
    static let tables = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            layout INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE ticket (
            number INTEGER PRIMARY KEY,
            line TEXT NOT NULL,
            status INTEGER NOT NULL,
            place INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            channel TEXT NOT NULL,
            customer BLOB,
            subject BLOB,
            labels BLOB,
            owner TEXT,
            token INTEGER NOT NULL,
            node TEXT,
            incarnation INTEGER,
            agent TEXT,
            failures INTEGER NOT NULL,
            assignments INTEGER NOT NULL,
            escalations INTEGER NOT NULL,
            frames TEXT NOT NULL,
            lastMessage INTEGER NOT NULL,
            entries INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            since INTEGER NOT NULL,
            wakes INTEGER,
            positions BLOB NOT NULL
        ) STRICT;
        CREATE INDEX ticketInLine ON ticket (line, number) WHERE place <> 4;
        CREATE INDEX ticketParked ON ticket (number) WHERE place = 3;
        CREATE INDEX ticketWithout ON ticket (status, number) WHERE status IN (3, 4);
        CREATE INDEX ticketOfOwner ON ticket (owner, number) WHERE owner IS NOT NULL;
        CREATE INDEX ticketOfCustomer ON ticket (customer, number);
        CREATE TABLE entry (
            key INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            author TEXT NOT NULL,
            at INTEGER NOT NULL,
            text BLOB
        ) STRICT;
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE tally (
            node TEXT NOT NULL,
            incarnation INTEGER NOT NULL,
            claims INTEGER NOT NULL,
            notes INTEGER NOT NULL,
            replies INTEGER NOT NULL,
            escalated INTEGER NOT NULL,
            handedBack INTEGER NOT NULL,
            resolved INTEGER NOT NULL,
            pended INTEGER NOT NULL,
            released INTEGER NOT NULL,
            PRIMARY KEY (node, incarnation)
        ) STRICT, WITHOUT ROWID;
        """

    static let names = ["ticket", "entry", "outbox", "tally"]

    /// How far a view is, and when its last event happened.
    struct End {
        var position = Position.start
        var at = Moment.zero
    }

    static func make(_ db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(
            sql: "INSERT INTO meta (id, layout, position, at) VALUES (1, ?, 0, 0)", arguments: [layout])
    }

    /// - Throws: `unusable` when the layout is another.
    static func end(_ db: Database) throws -> End {
        let statement = try db.cachedStatement(sql: "SELECT layout, position, at FROM meta WHERE id = 1")
        guard let row = try Row.fetchOne(statement), let position = Int64.fromDatabaseValue(row[1]),
            let at = Int64.fromDatabaseValue(row[2])
        else { throw StoreError(.corrupt, "the view does not say how far it is") }
        guard Int64.fromDatabaseValue(row[0]) == layout else {
            throw StoreError(.unusable, "the view has another layout; start this version's broker on it")
        }
        return End(position: Position(UInt64(bitPattern: position)), at: Moment(milliseconds: at))
    }

    static func setEnd(_ db: Database, _ end: End) throws {
        let statement = try db.cachedStatement(sql: "UPDATE meta SET position = ?, at = ? WHERE id = 1")
        try statement.execute(
            arguments: [Int64(bitPattern: end.position.rawValue), end.at.milliseconds])
    }

    /// The key of an entry's row.
    static func key(_ ticket: TicketNumber, _ entry: UInt32) throws(StoreError) -> Int64 {
        guard ticket.rawValue < 1 << 47, entry < 1 << 16 else {
            throw StoreError(.corrupt, "entry \(entry) of ticket \(ticket) is out of range")
        }
        return Int64(ticket.rawValue) << 16 | Int64(entry)
    }
}
