import GRDB
import Storage

/// The steps that bring a log's file to this version's layout. Forward only, one file each; a step that was
/// released never changes.
enum LogMigrations {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 turns and epochs", migrate: LogMigration001.migrate)
        return migrator
    }()

    /// Whether this version knows every step that was taken on the file.
    ///
    /// - Throws: `unusable` when a newer version was here.
    static func check(_ db: Database, path: String) throws {
        guard try !migrator.hasBeenSuperseded(db) else {
            throw StoreError(
                .unusable, "\(path) was written by a newer version of switchboard; use that version")
        }
    }
}
