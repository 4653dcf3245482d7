import GRDB
import Storage

/// Runs calls of the database, and turns their errors into the store's. `deed` is what is being done, to which file:
/// the beginning of the message.
func attempt<Value>(_ deed: @autoclosure () -> String, _ body: () throws -> Value) throws(StoreError) -> Value
{
    do {
        return try body()
    } catch let error as StoreError {
        throw error
    } catch let error as DatabaseError {
        throw StoreError(error, while: deed())
    } catch {
        // Only the type: a message could hold what was read.
        throw StoreError(.corrupt, "\(deed()) failed: \(type(of: error))")
    }
}

extension StoreError {
    fileprivate init(_ error: DatabaseError, while deed: String) {
        let code = error.extendedResultCode
        let what = "\(deed) failed: \(code)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.diskFull, "\(what); free some space and start again")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.unusable, "\(what); check that the folder and its files exist and can be written")
        case .SQLITE_NOTADB:
            self.init(.unusable, "\(what); the file is not a desk's, put back the right one")
        case .SQLITE_CORRUPT:
            self.init(.corrupt, "\(what); put back a copy of the file")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, "\(what); another program is writing to the file, stop it")
        case .SQLITE_ERROR where error.message?.contains("no such table") == true:
            self.init(.unusable, "\(what); the file is not a desk's, or not yet")
        default:
            self.init(.inputOutput, "\(what); start again from the log")
        }
    }
}
