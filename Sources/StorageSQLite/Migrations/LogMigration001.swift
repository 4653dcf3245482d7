import GRDB

/// The first layout: one row a turn, and one an opening.
enum LogMigration001 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE turn (
                    last INTEGER PRIMARY KEY,
                    first INTEGER NOT NULL,
                    epoch INTEGER NOT NULL,
                    layout INTEGER NOT NULL,
                    body BLOB NOT NULL,
                    digest BLOB NOT NULL
                ) STRICT;
                CREATE TABLE epoch (number INTEGER PRIMARY KEY) STRICT;
                """)
    }
}
