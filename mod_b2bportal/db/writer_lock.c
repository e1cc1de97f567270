/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One writer at a time on a SQLite file, among the threads of this process and all processes.
 *
 * Across processes it is a lock on an open file description (fcntl F_OFD_SETLK; flock where that is
 * missing): released by the kernel however the holder dies, and, unlike POSIX's locks, not dropped when
 * another part of the process closes the same file. Within the process a flag and a condition come first,
 * so that only one thread polls the file.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "db_private.h"

struct b2b_writer_lock_t {
    const char *path;
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *given;
    int taken; /* by a thread of this process */
    int file;  /* open while it is taken */
    int last;  /* nobody else is known to have had it since this process gave it */
};

b2b_error_t *b2b_writer_lock_create(b2b_writer_lock_t **lock, const char *path, apr_pool_t *pool)
{
    b2b_writer_lock_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_status_t status;

    made->path = apr_pstrcat(pool, path, "-lock", NULL);
    made->file = -1;
    status = apr_thread_mutex_create(&made->mutex, APR_THREAD_MUTEX_DEFAULT, pool);
    if (status == APR_SUCCESS) {
        status = apr_thread_cond_create(&made->given, pool);
    }
    if (status != APR_SUCCESS) {
        b2b_error_t *err = b2b_error_create(pool, B2B_E_INTERNAL, NULL,
                                            "A mutex could not be made.");

        err->status = status;
        return err;
    }
    *lock = made;
    return NULL;
}

/* Open the lock file, making it if need be; it belongs to whom the database belongs to. */
static int lock_file_open(const char *path, apr_pool_t *pool)
{
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0 && errno == ENOENT) {
        struct stat database;
        const char *of = apr_pstrndup(pool, path, strlen(path) - strlen("-lock"));

        if (stat(of, &database) != 0) {
            return -1;
        }
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, database.st_mode & 0666);
        if (file >= 0 && geteuid() == 0 && fchown(file, database.st_uid, database.st_gid) != 0) {
            close(file);
            return -1;
        }
    }
    return file;
}

/*
 * The first byte of the file is the lock. Who waits for it holds the second one, shared: who had the lock last
 * can see that and let others go first. They look every PAUSE_MAX; without that a process that writes again
 * and again would keep them out for as long as it likes.
 */
#define PAUSE_MAX 5000
enum { BYTE_LOCK, BYTE_WAITING };

/* Lock or unlock a byte without waiting: 0, or errno. */
static int lock_file_set(int file, int byte, int type)
{
#ifdef F_OFD_SETLK
    struct flock range = {0};

    range.l_type = (short)type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    return fcntl(file, F_OFD_SETLK, &range) == 0 ? 0 : errno;
#else
    if (byte != BYTE_LOCK) {
        return 0; /* flock knows no bytes: then nobody is let go first */
    }
    return flock(file, type == F_UNLCK ? LOCK_UN : LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
#endif
}

static int lock_file_awaited(int file)
{
#ifdef F_OFD_SETLK
    struct flock range = {0};

    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = BYTE_WAITING;
    range.l_len = 1;
    return fcntl(file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
#else
    (void)file;
    return 0;
#endif
}

static b2b_error_t *lock_refused(b2b_error_code_e code, const char *message, const char *path,
                                 apr_status_t status, apr_pool_t *pool)
{
    b2b_error_t *err = b2b_error_create(pool, code, NULL, "%s", message);

    err->status = status;
    return b2b_error_detail(err, pool, "%s", path);
}

static b2b_error_t *lock_file_take(b2b_writer_lock_t *lock, apr_time_t until, apr_pool_t *pool)
{
    apr_interval_time_t pause = 200;

    lock->file = lock_file_open(lock->path, pool);
    if (lock->file < 0) {
        return lock_refused(B2B_E_UNAVAILABLE,
                            "The database cannot be written: its lock file does not open.",
                            lock->path, errno, pool);
    }
    if (lock->last && lock_file_awaited(lock->file)) {
        apr_sleep(PAUSE_MAX);
    }
    lock->last = 0;
    for (;;) {
        int refused = lock_file_set(lock->file, BYTE_LOCK, F_WRLCK);

        if (refused == 0) {
            lock_file_set(lock->file, BYTE_WAITING, F_UNLCK);
            return NULL;
        }
        lock_file_set(lock->file, BYTE_WAITING, F_RDLCK);
        if ((refused != EAGAIN && refused != EACCES && refused != EINTR) ||
            apr_time_now() >= until) {
            close(lock->file);
            lock->file = -1;
            if (refused == EAGAIN || refused == EACCES || refused == EINTR) {
                return lock_refused(B2B_E_BUSY, "The database is busy; try again in a few seconds.",
                                    lock->path, APR_TIMEUP, pool);
            }
            return lock_refused(B2B_E_UNAVAILABLE,
                                "The database cannot be written: its lock file "
                                "cannot be locked.",
                                lock->path, refused, pool);
        }
        apr_sleep(pause);
        pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
    }
}

b2b_error_t *b2b_writer_lock_take(b2b_writer_lock_t *lock, apr_interval_time_t wait,
                                  apr_pool_t *pool)
{
    apr_time_t until = apr_time_now() + wait;
    b2b_error_t *err;

    apr_thread_mutex_lock(lock->mutex);
    while (lock->taken) {
        apr_interval_time_t left = until - apr_time_now();

        if (left <= 0) {
            apr_thread_mutex_unlock(lock->mutex);
            return lock_refused(B2B_E_BUSY, "The database is busy; try again in a few seconds.",
                                lock->path, APR_TIMEUP, pool);
        }
        apr_thread_cond_timedwait(lock->given, lock->mutex, left);
    }
    lock->taken = 1;
    apr_thread_mutex_unlock(lock->mutex);
    err = lock_file_take(lock, until, pool);
    if (err) {
        b2b_writer_lock_give(lock);
    }
    return err;
}

void b2b_writer_lock_give(b2b_writer_lock_t *lock)
{
    apr_thread_mutex_lock(lock->mutex);
    if (lock->file >= 0) {
        /* Closing would not do if a fork, on its way to exec, still has a copy of the descriptor. */
        lock_file_set(lock->file, BYTE_LOCK, F_UNLCK);
        close(lock->file);
        lock->file = -1;
        lock->last = 1;
    }
    lock->taken = 0;
    apr_thread_cond_signal(lock->given);
    apr_thread_mutex_unlock(lock->mutex);
}
