/// One thing that a disk was asked to do and that a power cut may undo, in part or whole.
enum DiskOperation {
    case addFolder(String)
    /// A new, empty file under a name; files are told apart by number.
    case create(String, file: Int)
    case remove(String)
    case rename(String, to: String, file: Int)
    case write(file: Int, offset: Int, [UInt8])
    case truncate(file: Int, bytes: Int)
    /// Everything before is durable, of this file and of the names in this folder.
    case sync(file: Int)
    case syncFolder(String)
    /// A sync that reported an error: what it should have made durable may be gone, whatever a later one says.
    case failedSync(file: Int)

    /// The folder whose names change; nil for what happens inside a file.
    var folder: String? {
        switch self {
        case .addFolder(let path), .create(let path, _), .remove(let path), .rename(let path, _, _):
            SimulatedDisk.folder(of: path)
        case .write, .truncate, .sync, .syncFolder, .failedSync: nil
        }
    }

    /// The file whose content changes; nil for everything else.
    var file: Int? {
        switch self {
        case .write(let file, _, _), .truncate(let file, _): file
        case .addFolder, .create, .remove, .rename, .sync, .syncFolder, .failedSync: nil
        }
    }
}
