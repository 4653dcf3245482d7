import Foundation
import Rig

/// The broker's disk: ext4 in a file. It can lose its power and fill up.
struct Disk {
    /// `EXT4_IOC_SHUTDOWN`, the same number as XFS's: <linux/ext4.h>.
    private static let shutdownRequest: UInt = 0x8004_587D
    /// Nothing of what is in memory reaches the disk, neither data nor journal.
    private static let noLogFlush: UInt32 = 2

    private let image: String
    let folder: String

    /// Makes the file and mounts it at `folder`. The journal is written when somebody syncs and hardly ever otherwise,
    /// so that what was not synced is lost indeed.
    ///
    /// Its blocks are as large as a page of memory, as on any disk of half a GiB or more. On a smaller one `mkfs.ext4`
    /// makes blocks of 1 KiB; then SQLite, which writes one byte in each page of its mapped index of the log to have room
    /// for it, has room for a quarter, and a process that touches the rest on a full disk ends by SIGBUS.
    init(in parent: String, mebibytes: Int) throws {
        image = "\(parent)/disk.ext4"
        folder = "\(parent)/disk"
        try shell(
            """
            mkdir -p '\(folder)'
            truncate -s \(mebibytes)M '\(image)'
            mkfs.ext4 -q -F -m 0 -b \(getpagesize()) '\(image)'
            """)
        try mount()
    }

    func mount() throws {
        try shell("mount -o loop,commit=300 '\(image)' '\(folder)'")
    }

    func unmount() throws {
        // A process that was killed a moment ago may hold a file for a moment more.
        try shell("for i in 1 2 3 4 5 6 7 8 9 10; do umount '\(folder)' && exit 0; sleep 0.2; done; exit 1")
    }

    /// From now on every write fails, and what was not synced is gone.
    func losePower() throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw RigError("\(folder) cannot be opened") }
        defer { close(descriptor) }
        var flags = Self.noLogFlush
        guard ioctl(descriptor, Self.shutdownRequest, &flags) == 0 else {
            throw RigError("the disk cannot lose its power: \(String(cString: strerror(errno)))")
        }
    }

    /// As after the power came back: mounted anew, its journal played.
    func restore() throws {
        try unmount()
        try mount()
    }

    /// Leaves so many bytes free.
    func fill(leaving free: Int) throws {
        try shell(
            """
            free=$(($(stat -f -c '%a * %S' '\(folder)')))
            size=$((free - \(free)))
            if [ $size -gt 0 ]; then fallocate -l $size '\(folder)/filler' || true; fi
            """)
    }

    /// Durably: a power loss right after would fill the disk again, for good.
    func makeRoom() throws {
        try shell("rm -f '\(folder)/filler' && sync '\(folder)'")
    }
}
