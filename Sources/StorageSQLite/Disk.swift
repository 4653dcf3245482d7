package import Storage

/// Where a store's files are: the machine's disk, or one that loses what was not synced.
///
/// What SQLite itself reads and writes does not come through here; it goes where ``database(_:isImmutable:)`` says.
package protocol Disk: Sendable {
    /// The name under which SQLite opens a file. One that is immutable is changed by nobody, and is opened without
    /// its write-ahead log.
    func database(_ path: String, isImmutable: Bool) -> String
    /// Bytes of a file or folder; nil when there is none.
    func size(_ path: String) -> Int64?
    /// What tells a file from another that took its name.
    func identity(_ path: String) -> UInt64?
    /// Bytes free for an ordinary process.
    func freeBytes(of folder: String) throws(StoreError) -> UInt64
    /// Names in a folder in order; empty when there is no such folder.
    func names(in folder: String) throws(StoreError) -> [String]
    /// Makes a folder in one that is there; all is well when it exists. Its name may be lost until its parent is synced.
    func addFolder(_ path: String) throws(StoreError)
    /// Makes the names in a folder durable.
    func sync(folder: String) throws(StoreError)
    /// All is well when there is no such file.
    func remove(_ path: String) throws(StoreError)
    /// Gives a file another name in the same folder, in place of one that has it.
    func rename(_ path: String, to new: String) throws(StoreError)
    /// Keeps every other process, and every other writer in this one, away from something, for the object's life.
    ///
    /// - Throws: `inUse` when somebody has it. `thing` is what it is of, for the message.
    func lock(_ path: String, of thing: String) throws(StoreError) -> any AnyObject
    /// An empty file of that name, for writing.
    func create(_ path: String) throws(StoreError) -> any DiskOutput
    func open(_ path: String) throws(StoreError) -> any DiskInput
}

/// A file that is written from its beginning to its end.
package protocol DiskOutput: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
    /// Makes what was written durable, under whichever name is.
    func sync() throws(StoreError)
}

/// A file that is read from its beginning.
package protocol DiskInput: AnyObject {
    /// Bytes that were not read yet.
    var rest: Int { get }
    /// Fills the memory; there are as many bytes left.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(StoreError)
}

extension Disk {
    package func exists(_ path: String) -> Bool { size(path) != nil }

    /// Makes a folder and those above it, durably: what is synced in a folder is lost with the folder's name.
    package func makeFolder(_ path: String) throws(StoreError) {
        if exists(path) { return }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/")
        if !parent.isEmpty { try makeFolder(parent) }
        try addFolder(path)
        try sync(folder: parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent)
    }
}
