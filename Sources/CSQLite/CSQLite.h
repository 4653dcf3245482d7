#include <sqlite3.h>

// Variadic, which Swift cannot call. Counting its memory makes SQLite take a lock around every allocation, of
// which folding a view makes a dozen a row. Without effect once SQLite is in use.
static inline int sqlite3_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
