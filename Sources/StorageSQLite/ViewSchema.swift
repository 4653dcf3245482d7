import GRDB
import Storage
import Tickets

/// The layout of the view's file. A view of any other layout is deleted and built again from the log, so there are
/// no migrations.
enum ViewSchema {
    /// Grows with every change of the tables or of how they are folded.
    static let layout: Int64 = 11

    /// What is searched by is a column, everything else is packed; see ``ViewCoding``. Numbers without a sign are
    /// kept by their bits.
    ///
    /// Tickets lie on shelves of 32; see ``Shelf``. What is kept of one stays small, because it is written again with
    /// each change. Texts never change: they are kept apart, many in a block, as they come. So is the outbox, by the
    /// last number of each block. An index of customers would cost more than all the rest, because they come in no
    /// order; see ``Finder`` for how tickets are found by them and by their owners.
    static let tables = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            layout INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE shelf (
            id INTEGER PRIMARY KEY,
            stands INTEGER NOT NULL,
            lines INTEGER NOT NULL,
            labels BLOB NOT NULL,
            tickets BLOB NOT NULL
        ) STRICT;
        CREATE INDEX shelfOpen ON shelf (id) WHERE \(Shelf.condition(Shelf.openTicket));
        CREATE INDEX shelfParked ON shelf (id) WHERE \(Shelf.condition(Shelf.parkedTicket));
        CREATE INDEX shelfWithout ON shelf (id) WHERE \(Shelf.condition(Shelf.unfinishedAside));
        CREATE TABLE texts (id INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT;
        CREATE TABLE outbox (last INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT;
        CREATE TABLE figures (id INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT;
        CREATE TABLE finderRun (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, fences BLOB NOT NULL) STRICT;
        CREATE TABLE finderPart (id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
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

    static let names = ["shelf", "texts", "outbox", "figures", "finderRun", "finderPart", "tally"]

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

    static let setEnd = "UPDATE meta SET position = ?, at = ? WHERE id = 1"
}
