import GRDB

/// The transactions of one connection. Their statements are prepared once: GRDB would have them parsed for every
/// commit, which costs a tenth of what it takes to write a turn.
///
/// Used only within the connection's queue.
final class Transaction {
    private var statements: (begin: HotStatement, commit: HotStatement, rollBack: HotStatement)?

    /// Commits what the body writes, or nothing of it when it throws.
    func run(_ db: Database, _ queue: DatabaseQueue, _ body: () throws -> Void) throws {
        let statements = try prepared(db, queue)
        try statements.begin.run()
        do {
            try body()
            try statements.commit.run()
        } catch {
            // After some errors SQLite has done so itself.
            if db.isInsideTransaction { try statements.rollBack.run() }
            throw error
        }
    }

    private func prepared(
        _ db: Database, _ queue: DatabaseQueue
    ) throws -> (begin: HotStatement, commit: HotStatement, rollBack: HotStatement) {
        if let statements { return statements }
        let made = (
            begin: try HotStatement("BEGIN IMMEDIATE", db, queue),
            commit: try HotStatement("COMMIT", db, queue),
            rollBack: try HotStatement("ROLLBACK", db, queue)
        )
        statements = made
        return made
    }
}
