/// A disk, or a store on it, that breaks the promise on purpose, to show that this is noticed.
package enum PlantedFlaw: String, CaseIterable, Sendable {
    /// No file of SQLite's is ever synced, as with `synchronous = OFF`.
    case nothingSynced
    /// The write-ahead log of the desk's log is said to be synced and is not; its checkpoints are.
    case commitsNotSynced
    /// A checkpoint's pages are said to be synced and are not, and the write-ahead log starts over.
    case checkpointNotSynced
    /// Names in folders are said to be synced and are not.
    case foldersNotSynced
    /// Turns are acknowledged before they are appended.
    case acknowledgedEarly
    /// The process goes on after a write failed, and acknowledges.
    case errorsIgnored
}
